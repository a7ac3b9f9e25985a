/** What stands in a test is wrong, not the product. */
export class TestProblem extends Error {}
