/** Lease of the namespace: who holds it may deploy, or inject faults; never both. */
export const exclusiveLease = 'otp-exclusive';
