/** The default folder of synthesised output, relative to the top of the checkout. */
export const OUTPUT = 'cdktf.out';
