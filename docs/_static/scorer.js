// Search: answers before tasks, tasks before reference, and how the house is built last.
// (`var`: the search declares the same name.)
const PLACES = [
  [/^questions$/, 60],
  [/^reference\/reading\//, 25],
  [/^howto\//, 20],
  [/^reference\/(commands|codebook)$/, 10],
  [/^(decisions\/|performance|validation|testing|engines|architecture)/, -20],
];
var Scorer = {
  score: ([page, , , , score]) =>
    score + PLACES.reduce((sum, [place, more]) => sum + (place.test(page) ? more : 0), 0),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
