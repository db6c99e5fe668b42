/** CSS that the pages have in common. */
export const pageStyle = `
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c2330}
table{border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem;border-bottom:1px solid #d8dde6}
.pass,.ok{color:#14713a}.fail{color:#b3261e}.invalid{color:#8a5a00}
svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4a5568}
`;
