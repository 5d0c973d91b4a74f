/** The address of a batch, or of a project over its batch. */
export function projectPath(batchId: string, projectId: string | undefined): string {
  return projectId === undefined ? `/batches/${batchId}` : `/batches/${batchId}/projects/${projectId}`;
}
