export type { ReportOptions } from './check.js';
export { type ClassificationReport, type ClassScores, classificationReport, type Scores } from './report.js';
