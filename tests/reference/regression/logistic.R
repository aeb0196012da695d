# Reference values for crqlab.stats.regression. Run here: Rscript logistic.R > logistic.csv
# Also writes its simulated data, rows.csv. Penalised profiles are base R: uniroot over optim.
suppressWarnings(RNGversion("4.0.0"))
suppressMessages({library(sandwich); library(lme4); library(brglm2)})
set.seed(20250104)
n <- 400
d <- data.frame(account = sample(1:50, n, replace = TRUE), trust = round(rnorm(n, 5), 3),
                silent = rbinom(n, 1, 0.3))
effect <- rnorm(50, 0, 0.8)
d$renewed <- rbinom(n, 1, plogis(-3 + 0.7 * d$trust - 0.6 * d$silent + effect[d$account]))
d$lapsed <- as.integer(d$silent == 1 & d$trust > 5.9)
d$churned <- ifelse(d$lapsed == 1, 1L, 1L - d$renewed)
write.csv(d, "rows.csv", row.names = FALSE, quote = FALSE)
out <- list()
keep <- function(case, term, quantity, value, tolerance, source)
  out[[length(out) + 1]] <<- data.frame(case, term, quantity, reference = sprintf("%.12g", value),
                                       tolerance, source)
terms <- c("(intercept)", "trust", "silent")
for (link in c("logit", "cloglog")) {
  fit <- glm(renewed ~ trust + silent, binomial(link), d, epsilon = 1e-14, maxit = 100)
  robust <- sqrt(diag(vcovCL(fit, ~account, type = "HC1", cadjust = TRUE)))
  by <- paste0("R ", getRversion(), " sandwich ", packageVersion("sandwich"))
  keep(link, terms, "estimate", coef(fit), 1e-8, by)
  keep(link, terms, "se", robust, 1e-7, by)
  keep(link, "(intercept)", "log_likelihood", as.numeric(logLik(fit)), 1e-8, by)
}
fit <- glmer(renewed ~ trust + silent + (1 | account), d, binomial, nAGQ = 15,
             control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))
by <- paste0("R ", getRversion(), " lme4 ", packageVersion("lme4"))
keep("random", terms, "estimate", fixef(fit), 2e-4, by)
keep("random", terms, "se", sqrt(diag(as.matrix(vcov(fit)))), 2e-4, by)
keep("random", "(intercept)", "log_likelihood", as.numeric(logLik(fit)), 1e-5, by)
keep("random", "(intercept)", "sd", sqrt(VarCorr(fit)$account[1]), 2e-4, by)
X <- model.matrix(~ trust + silent + lapsed, d)
y <- d$churned
minus <- function(b) {
  eta <- drop(X %*% b)
  w <- plogis(eta) * plogis(-eta)
  -sum(y * plogis(eta, log.p = TRUE) + (1 - y) * plogis(-eta, log.p = TRUE)) -
    0.5 * as.numeric(determinant(crossprod(X * w, X))$modulus)
}
slope <- function(b) {
  eta <- drop(X %*% b)
  w <- plogis(eta) * plogis(-eta)
  h <- w * rowSums((X %*% solve(crossprod(X * w, X))) * X)
  -drop(crossprod(X, y - plogis(eta) + h * (0.5 - plogis(eta))))
}
fit <- glm(churned ~ trust + silent + lapsed, binomial, d, method = "brglmFit", type = "AS_mean",
           epsilon = 1e-12, maxit = 500)
top <- minus(coef(fit))
terms <- c(terms, "lapsed")
by <- paste0("R ", getRversion(), " brglm2 ", packageVersion("brglm2"))
keep("firth", terms, "estimate", coef(fit), 1e-6, by)
keep("firth", terms, "se", sqrt(diag(vcov(fit))), 1e-6, by)
by <- paste0("R ", getRversion(), " stats")
for (j in seq_along(terms)) {
  lost <- function(value) {
    free <- coef(fit)[-j]
    full <- function(b) append(b, value, j - 1)
    found <- optim(free, function(b) minus(full(b)), function(b) slope(full(b))[-j],
                   method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))
    2 * (found$value - top)
  }
  middle <- coef(fit)[j]
  wide <- 12 * sqrt(diag(vcov(fit)))[j]
  end <- function(side) uniroot(function(v) lost(v) - qchisq(0.95, 1), tol = 1e-8,
                                sort(c(middle + side * 1e-3, middle + side * wide)))$root
  keep("firth", terms[j], "low", end(-1), 1e-3, by)
  keep("firth", terms[j], "high", end(1), 1e-3, by)
  keep("firth", terms[j], "p", pchisq(lost(0), 1, lower.tail = FALSE), 1e-5, by)
}
write.csv(do.call(rbind, out), row.names = FALSE, quote = FALSE)
