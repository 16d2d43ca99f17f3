/**
 * The little of Protocol Buffers' encoding that ONNX needs. A message is the concatenation of its fields, kept in chunks
 * so that big tensors are copied once. Source: https://protobuf.dev/programming-guides/encoding/
 */
export type Message = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** An integer or an enumeration, from 0 to 2⁵³ − 1. */
export function integerField(number: number, value: number): Message {
	return [varint(number * 8 + VARINT), varint(value)];
}

export function bytesField(number: number, value: Uint8Array): Message {
	return messageField(number, [value]);
}

export function textField(number: number, value: string): Message {
	return messageField(number, [new TextEncoder().encode(value)]);
}

/** A message inside of a message. */
export function messageField(number: number, ...fields: Message[]): Message {
	const chunks = fields.flat();
	const length = chunks.reduce((total, chunk) => total + chunk.length, 0);
	return [varint(number * 8 + LENGTH_DELIMITED), varint(length), ...chunks];
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: number): Uint8Array {
	const bytes: number[] = [];
	let rest = value;
	while (rest > 0x7f) {
		bytes.push((rest % 0x80) + 0x80);
		rest = Math.floor(rest / 0x80);
	}
	return Uint8Array.of(...bytes, rest);
}
