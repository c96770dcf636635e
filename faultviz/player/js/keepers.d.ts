/** What a saved notebook holds of our scripts, as text: bundle.py puts them into the script. */
export const NEEDS_KERNEL: string;
export const OPENER: string;
export const STUB: string;
