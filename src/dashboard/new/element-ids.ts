// The elements that the focus is moved to, besides those of fields.

/** The list of texts. */
export const TEXT_LIST = 'new-batch-texts';

/** The button that chooses files. */
export const CHOOSE_FILES = 'new-batch-choose-files';

/** The button that creates the batch. */
export const CREATE_BUTTON = 'new-batch-create';
