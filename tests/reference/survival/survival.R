# Reference values for crqlab.stats.survival. Run here: Rscript survival.R > survival.csv
# Late entry, ties and accounts at once, on drawn renewals (renewals.csv).
suppressMessages(library(survival))
d <- read.csv("renewals.csv")
rows <- list()
keep <- function(name, value) rows[[length(rows) + 1]] <<- data.frame(quantity = name, reference = sprintf("%.12g", value))
for (ties in c("efron", "breslow")) {
  fit <- coxph(Surv(entry, time, event) ~ crq + ltr, d, ties = ties)
  robust <- coxph(Surv(entry, time, event) ~ crq + ltr, d, ties = ties, cluster = account)
  for (term in c("crq", "ltr")) {
    keep(paste(ties, term, "estimate"), coef(fit)[[term]])
    keep(paste(ties, term, "se"), sqrt(vcov(fit)[term, term]))
    keep(paste(ties, term, "robust"), sqrt(vcov(robust)[term, term]))
  }
  keep(paste(ties, "log_likelihood"), fit$loglik[2])
  keep(paste(ties, "log_likelihood_null"), fit$loglik[1])
  for (transform in c("km", "identity", "rank")) {
    zph <- cox.zph(fit, transform = transform)$table
    for (term in rownames(zph)) keep(paste(ties, transform, tolower(sub("GLOBAL", "all", term))), zph[term, "chisq"])
  }
  hazard <- basehaz(fit, centered = FALSE)
  keep(paste(ties, "hazard"), tail(hazard$hazard, 1))
  at <- summary(survfit(fit, newdata = data.frame(crq = 4, ltr = 6)), times = 8)
  keep(paste(ties, "survival"), at$surv)
  keep(paste(ties, "survival se"), at$std.err)
}
curve <- survfit(Surv(entry, time, event) ~ 1, d)
at <- summary(curve, times = c(5, 10))
keep("late survival 5", at$surv[1]); keep("late survival 10", at$surv[2])
keep("late low 10", at$lower[2]); keep("late high 10", at$upper[2])
keep("late risk 10", at$n.risk[2])
for (weight in c("n", "n/G2")) {
  found <- concordance(Surv(time, event) ~ crq, d, reverse = TRUE, timewt = weight)
  inside <- concordance(Surv(time, event) ~ crq, d, reverse = TRUE, timewt = weight, cluster = account)
  keep(paste(weight, "c"), found$concordance); keep(paste(weight, "se"), sqrt(found$var))
  keep(paste(weight, "clustered"), sqrt(inside$var))
}
ranked <- survdiff(Surv(time, event) ~ tier, d)
keep("log-rank", ranked$chisq)
out <- do.call(rbind, rows)
out$tolerance <- 1e-7
out$source <- paste0("R ", getRversion(), " survival ", packageVersion("survival"))
write.csv(out, row.names = FALSE, quote = FALSE)
