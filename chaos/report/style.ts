/** CSS that the pages have in common. */
export const pageStyle = `
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1c2330}
table{border-collapse:collapse;margin:1rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .8rem;border-bottom:1px solid #d8dde6}
.pass,.ok{color:#14713a}.fail{color:#b3261e}.invalid{color:#8a5a00}
code{background:#eef1f6;padding:.1rem .3rem}li{overflow-wrap:anywhere}summary{cursor:pointer;font-weight:600}
figure{margin:.8rem 0}figcaption{font-size:13px}figcaption span{margin-left:1rem;white-space:nowrap}
figcaption i{display:inline-block;width:.7rem;height:.7rem;margin-right:.3rem}
svg{width:100%;height:auto}svg text{font:11px system-ui,sans-serif;fill:#4a5568}
`;
