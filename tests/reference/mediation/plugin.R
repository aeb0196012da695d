# Reference values for crqlab.stats.mediation. Run here: Rscript plugin.R > plugin.csv
# lm(), glm() and integrate() over the mediator's error; also writes its data, rows.csv.
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250105)
n <- 150
d <- data.frame(cause = round(rnorm(n), 3), size = round(rnorm(n), 3))
d$mediator <- round(0.6 * d$cause + 0.2 * d$size + rnorm(n), 3)
d$outcome <- rbinom(n, 1, plogis(0.5 + 0.4 * d$cause + 0.7 * d$mediator - 0.3 * d$size))
write.csv(d, "rows.csv", row.names = FALSE, quote = FALSE)
m <- lm(mediator ~ cause + size, d)
s <- summary(m)$sigma
out <- NULL
for (link in c("logit", "probit", "cloglog")) {
  y <- glm(outcome ~ cause + size + mediator, binomial(link), d, epsilon = 1e-14, maxit = 100)
  b <- coef(y)
  state <- function(x, z) {
    rows <- seq_len(n)
    fit <- coef(m)[1] + coef(m)[2] * z + coef(m)[3] * d$size
    eta <- b[1] + b[2] * x + b[3] * d$size + b[4] * fit
    mean(sapply(rows, function(i) integrate(function(e)
      y$family$linkinv(eta[i] + b[4] * s * e) * dnorm(e), -9, 9, rel.tol = 1e-10)$value))
  }
  low <- rep(0, n); high <- rep(1, n)
  p00 <- state(low, low); p01 <- state(low, high); p10 <- state(high, low); p11 <- state(high, high)
  values <- c(indirect = (p01 - p00 + p11 - p10) / 2, direct = (p10 - p00 + p11 - p01) / 2,
              total = p11 - p00)
  out <- rbind(out, data.frame(link, effect = names(values), reference = sprintf("%.12g", values),
                               tolerance = 1e-6, source = paste0("R ", getRversion(), " stats")))
}
write.csv(out, row.names = FALSE, quote = FALSE)
