/** The query of a person, who ends a statement, as a part of another one. Places in it stay where they are. */
export function queryText(statement: string): string {
  return statement.replace(/[\s;]+$/u, '');
}
