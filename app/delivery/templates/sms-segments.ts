import {SegmentedMessage} from 'sms-segments-calculator';

/** How a text travels as SMS (3GPP TS 23.038): 160 characters in GSM-7 or 70 in UCS-2, 153 or 67 a segment where there are several. */
export interface SmsSegments {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly count: number;
  /** The characters that GSM-7 lacks, each once. */
  readonly notGsm: readonly string[];
}

export function segmentsOf(text: string): SmsSegments {
  const message = new SegmentedMessage(text);
  return {
    encoding: message.encodingName,
    count: message.segmentsCount,
    notGsm: [...new Set(message.getNonGsmCharacters())],
  };
}
