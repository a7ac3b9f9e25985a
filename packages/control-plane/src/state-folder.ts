/** The folder of a project that holds its state; never committed. */
export const STATE_FOLDER = '.millrace';
