import {escapeHtml} from './escape.ts';

/** A paragraph of a mail, already written in HTML. The brand stands above the text, the code is set large. */
export interface Paragraph {
  readonly role: 'brand' | 'code' | 'text';
  readonly html: string;
}

const font = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif";
const mono = "font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

const styles: Record<Paragraph['role'], string> = {
  brand: 'margin:0 0 24px;font-size:16px;line-height:24px;font-weight:600;color:#475467',
  text: 'margin:0 0 16px;font-size:16px;line-height:24px;color:#1d2939',
  code: `margin:8px 0 24px;padding:18px 12px;background:#f2f4f7;border-radius:8px;text-align:center;${mono};font-size:32px;line-height:40px;font-weight:700;letter-spacing:6px;color:#101828`,
};

// Inline styles are for the light scheme and for programs that read no others; these are for those that know a dark one.
const dark = `:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (prefers-color-scheme:dark){
.page{background:#0c111d!important}
.card{background:#161b26!important;border-color:#333741!important}
.brand{color:#94a3b8!important}
.text{color:#e4e7ec!important}
.code{background:#0c111d!important;color:#ffffff!important}
}`;

/** A web page for mail programs: tables and inline styles, nothing fetched from anywhere, light and dark. */
export function mailPage({
  locale,
  direction,
  subject,
  paragraphs,
}: {
  locale: string;
  direction: 'ltr' | 'rtl';
  subject: string;
  paragraphs: readonly Paragraph[];
}): string {
  const align = direction === 'rtl' ? 'right' : 'left';
  return `<!doctype html>
<html lang="${escapeHtml(locale)}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
${dark}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f2f4f7">
<table role="presentation" class="page" dir="${direction}" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f2f4f7">
<tr><td align="center" style="padding:32px 16px">
<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:480px;background:#ffffff;border:1px solid #e4e7ec;border-radius:12px">
<tr><td align="${align}" style="padding:32px 32px 16px;${font};text-align:${align}">
${paragraphs.map(({role, html}) => `<p class="${role}" style="${styles[role]}">${html}</p>`).join('\n')}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}
