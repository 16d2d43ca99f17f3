export type { ReportOptions } from './check.js';
export { type ClassificationReport, classificationReport } from './report.js';
export type { ClassScores, Scores } from './scores.js';
