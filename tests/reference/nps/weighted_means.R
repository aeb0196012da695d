# Reference values for crqlab.stats.nps. Run here: Rscript weighted_means.R > weighted_means.csv
# Second routes: NPS is a mean of -1/0/1, so base R's weighted moments and lm() must find it.
# Also writes its simulated data, answers.csv.
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250102)
n <- 160
d <- data.frame(account = sprintf("A%02d", sample(1:25, n, replace = TRUE)),
                ltr = sample(0:10, n, replace = TRUE, prob = c(1, 1, 1, 1, 2, 3, 4, 7, 10, 9, 6)),
                weight = round(rexp(n) + 0.2, 3))
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE)
kind <- function(x) (x >= 9) - (x <= 6)
z <- kind(d$ltr)

# adjusted Wald: three imagined answers are rows of their own, with weights
imagined <- function(p, q, d) {
  moments <- cov.wt(matrix(c(1, 0, -1)), wt = c(p + 0.75, q + 1.5, d + 0.75) / (p + q + d + 3),
                    method = "ML", cor = FALSE)
  100 * (moments$center + c(0, -1, 1) * qnorm(0.975) * sqrt(moments$cov[1] / (p + q + d + 3)))
}
counts <- list(c(12, 6, 2), c(1, 1, 1), c(30, 5, 40), c(0, 0, 25), c(7, 0, 0))
adjusted <- sapply(counts, function(x) pmax(pmin(imagined(x[1], x[2], x[3]), 100), -100))

# linearised: sums of weighted residuals by account
linear <- function(weight, cluster) {
  fit <- lm(z ~ 1, weights = weight)
  score <- tapply(weight * residuals(fit), cluster, sum) / sum(weight)
  g <- length(score)
  se <- sqrt(g * var(score))
  100 * (coef(fit)[[1]] + c(0, -1, 1) * qt(0.975, g - 1) * se)
}
each <- seq_len(n)
first <- z[d$account < "A13"]
second <- z[d$account >= "A13"]
moment <- function(x) mean((x - mean(x))^2) / length(x)
change <- 100 * (mean(first) - mean(second) +
                 c(0, -1, 1) * qnorm(0.975) * sqrt(moment(first) + moment(second)))
ends <- c("value", "low", "high")
names <- c(paste(rep(sapply(counts, paste, collapse = "-"), each = 3), c("adjusted", "low", "high")),
           paste("weighted", ends), paste("clustered", ends), paste("both", ends),
           paste("difference", ends))
values <- c(adjusted, linear(d$weight, each), linear(rep(1, n), d$account),
            linear(d$weight, d$account), change)
write.csv(data.frame(quantity = names, reference = sprintf("%.15g", values), tolerance = 1e-9,
                     source = paste0("R ", getRversion(), " stats")),
          row.names = FALSE, quote = FALSE)
