/** The folder of ours in a person's folder: plans and what is written for their agents. It ignores itself (`.gitignore`). */
export const planFolder = '.soft-landing';
