# Reference values of weighted scores (tests/scores/test_survey_weights.py). Run here:
# Rscript survey.R > survey.csv     R's survey package; also writes its data, survey_people.csv.
# "se" and "change se" are survey's own: its factor n / (n - 1) for few accounts. "low" and "high"
# take 1 / (1 - h) for each account instead (Bell & McCaffrey 2002) and Kish's number of accounts,
# as crqlab does, from the residuals that survey's estimate leaves.
suppressPackageStartupMessages(library(survey))
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250104)
n <- 120
d <- data.frame(wave = rep(c(2024, 2025), each = n / 2),
                account = sprintf("A%02d", sample(1:14, n, replace = TRUE)))
level <- setNames(rnorm(14, 0, 0.5), sprintf("A%02d", 1:14))
d$crq <- round(pmin(7, pmax(1, 5 + level[d$account] + 0.3 * (d$wave == 2025) + rnorm(n))), 2)
d$ltr <- pmin(10, pmax(0, round(1.6 * d$crq + rnorm(n, -1))))
d$weight <- round(exp(rnorm(n, 0, 0.6)) * ifelse(d$crq > 5, 0.6, 1.4), 3)
d$weight[d$wave == 2025] <- 250 * d$weight[d$wave == 2025]
write.csv(d, "survey_people.csv", row.names = FALSE, quote = FALSE)
d$nps <- 100 * ((d$ltr > 8) - (d$ltr < 7))

rows <- NULL
put <- function(name, value) rows <<- rbind(rows, data.frame(quantity = name, reference = sprintf("%.15g", value)))
parts <- function(x, w, account) {
  m <- weighted.mean(x, w)
  list(value = m, e = tapply(w * (x - m), account, sum) / sum(w), h = tapply(w, account, sum) / sum(w))
}
for (measure in c("crq", "nps")) {
  later <- subset(d, wave == 2025)
  design <- svydesign(ids = ~account, weights = ~weight, data = later)
  mean <- svymean(as.formula(paste0("~", measure)), design)
  own <- parts(later[[measure]], later$weight, later$account)
  half <- qt(0.975, 1 / sum(own$h^2) - 1) * sqrt(sum(own$e^2 / (1 - own$h)))
  put(paste(measure, "value"), coef(mean)[[1]])
  put(paste(measure, "se"), SE(mean)[[1]])
  put(paste(measure, "low"), own$value - half)
  put(paste(measure, "high"), own$value + half)
  put(paste(measure, "unweighted"), mean(later[[measure]]))
  both <- svydesign(ids = ~account, weights = ~weight, data = transform(d, later = wave == 2025))
  fit <- svyglm(as.formula(paste(measure, "~ later")), both)
  put(paste(measure, "change"), coef(fit)[["laterTRUE"]])
  put(paste(measure, "change se"), SE(fit)[["laterTRUE"]])
}
later <- subset(d, wave == 2025)
put("n_effective", sum(later$weight)^2 / sum(later$weight^2))
by <- svyby(~crq, ~account, svydesign(ids = ~1, weights = ~weight, data = later), svymean)
for (k in 1:3) put(paste("mean of", by$account[k]), by$crq[k])
write.csv(data.frame(rows, tolerance = 1e-9, source = paste0("R ", getRversion(), " survey ",
                     packageVersion("survey"))), row.names = FALSE, quote = FALSE)
