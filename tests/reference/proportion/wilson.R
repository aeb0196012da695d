# Reference values for crqlab.stats.proportion. Run here: Rscript wilson.R > wilson.csv
# Wilson: prop.test without correction. Clusters: the variance by lm(), and the ends of the interval
# as roots of the score equation on the effective number, instead of its closed form.
counts <- list(c(272, 400), c(160, 506), c(3, 3), c(0, 10), c(1, 7))
wilson <- sapply(counts, function(x) {
  found <- suppressWarnings(prop.test(x[1], x[2], correct = FALSE))
  c(found$estimate, found$conf.int)
})

yes <- c(3, 0, 2, 5, 1, 0, 4, 2, 1, 6)
n <- c(4, 2, 6, 5, 3, 4, 9, 2, 1, 8)
account <- rep(seq_along(n), n)
answer <- unlist(mapply(function(x, m) rep(c(1, 0), c(x, m - x)), yes, n))
clustered <- function(answer, account, level) {
  fit <- lm(answer ~ 1)
  score <- tapply(residuals(fit), account, sum) / length(answer)
  g <- length(score)
  p <- coef(fit)[[1]]
  effective <- min(p * (1 - p) / (g * var(score)), length(answer))
  quantile <- qt(1 - (1 - level) / 2, g - 1)
  off <- function(q) abs(p - q) / sqrt(q * (1 - q) / effective) - quantile
  ends <- c(uniroot(off, c(1e-9, p), tol = 1e-13)$root, uniroot(off, c(p, 1 - 1e-9), tol = 1e-13)$root)
  c(p, ends, effective)
}
values <- c(wilson, clustered(answer, account, 0.95), clustered(answer, account, 0.8))
ends <- c("value", "low", "high")
names <- c(paste(rep(sapply(counts, paste, collapse = "/"), each = 3), ends),
           paste(rep(c("clustered 0.95", "clustered 0.8"), each = 4), c(ends, "effective")))
write.csv(data.frame(quantity = names, reference = sprintf("%.15g", values), tolerance = 1e-8,
                     source = paste0("R ", getRversion(), " stats")), row.names = FALSE, quote = FALSE)
