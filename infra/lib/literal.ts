/** Text that Terraform is to take as it is: in its strings `${` and `%{` begin an expression. */
export const literal = (text: string) => text.replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`);

export const literalValues = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, literal(value)]));
