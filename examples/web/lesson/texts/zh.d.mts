declare const texts: { pytorch: { names: Record<string, string> } };
export default texts;
