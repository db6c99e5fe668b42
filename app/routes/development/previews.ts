import {type Static, Type} from 'typebox';
import {type TemplateChannel, templateChannels} from '../../delivery/templates/own-texts.ts';
import type {Rendered} from '../../delivery/templates/render.ts';
import {sampleValues} from '../../delivery/templates/samples.ts';
import type {PolicyTexts, Templates} from '../../delivery/templates/templates.ts';

/** Which previews are to be shown, as the address says it. */
export const templatesChoice = Type.Object(
  {
    policy: Type.Optional(Type.String({maxLength: 32})),
    channel: Type.Optional(Type.String({maxLength: 16})),
    locale: Type.Optional(Type.String({maxLength: 35})),
    scheme: Type.Optional(Type.Enum(['', 'light', 'dark'])),
  },
  {additionalProperties: false},
);
export type TemplatesChoice = Static<typeof templatesChoice>;

/** A message as it would be written, with sample values. */
export interface Preview {
  readonly policy: PolicyTexts;
  readonly channel: TemplateChannel;
  readonly locale: string;
  readonly own: boolean;
  readonly rendered: Rendered;
}

/** All previews, with sample values. */
export function previewsOf(templates: Templates): Preview[] {
  return templates.policies.flatMap((policy) =>
    templateChannels
      .filter((channel) => policy.channels.includes(channel))
      .flatMap((channel) =>
        [...(templates.messagesOf(policy).get(channel) ?? [])].map(([locale, {own}]) => ({
          policy,
          channel,
          locale,
          own,
          rendered: templates.render({
            policyTag: policy.tag,
            channel,
            locale,
            lifetimeSeconds: policy.lifetimeSeconds,
            ...sampleValues(policy),
          }),
        })),
      ),
  );
}
