/** The words of the course, by name: bundle.py puts Python's own (glossary.py) into the script. */
export const GLOSSARY: { [name: string]: { sentence: string; also: string[] } };
