# Reference values for polychoric and polyserial. Run here: Rscript polycor.R > polycor.csv
# polychor() and polyserial() stop at about 1e-4; "exact" maximises the same likelihood to the end.
suppressMessages(library(polycor))
answers <- na.omit(read.csv("answers.csv"))
items <- setdiff(names(answers), "score")
pairs <- t(combn(items, 2))
exact <- function(tab) {
  cuts <- lapply(1:2, function(m) qnorm(cumsum(prop.table(margin.table(tab, m))))[-dim(tab)[m]])
  loss <- function(rho) {
    p <- polycor:::binBvn(rho, cuts[[1]], cuts[[2]])
    -sum((tab * log(p))[tab > 0])
  }
  optimise(loss, c(-0.999, 0.999), tol = 1e-10)$minimum
}
exact_serial <- function(x, y) {
  z <- scale(x)[, 1]
  y <- as.integer(factor(y))
  cuts <- c(-Inf, qnorm(cumsum(prop.table(table(y)))))
  loss <- function(rho) {
    at <- function(k) pnorm((cuts[k] - rho * z) / sqrt(1 - rho^2))
    -sum(log(at(y + 1) - at(y)))
  }
  optimise(loss, c(-0.999, 0.999), tol = 1e-10)$minimum
}
rows <- rbind(
  data.frame(what = "polychor", a = pairs[, 1], b = pairs[, 2], tolerance = 1e-4,
             reference = apply(pairs, 1, function(p) polychor(answers[[p[1]]], answers[[p[2]]]))),
  data.frame(what = "exact", a = pairs[, 1], b = pairs[, 2], tolerance = 2e-7,
             reference = apply(pairs, 1, function(p) exact(table(answers[p])))),
  data.frame(what = "polyserial", a = "score", b = items, tolerance = 3e-4,
             reference = sapply(items, function(i) {
               polyserial(answers$score, answers[[i]], std.err = TRUE)$rho
             })),
  data.frame(what = "exact", a = "score", b = items, tolerance = 2e-7,
             reference = sapply(items, function(i) exact_serial(answers$score, answers[[i]])))
)
rows$reference <- sprintf("%.12g", rows$reference)
rows$source <- paste0("R ", getRversion(), " polycor ", packageVersion("polycor"))
write.csv(rows, row.names = FALSE, quote = FALSE)
