# Reference values for crqlab.stats.response_propensity. Run here: Rscript propensity.R > propensity.csv
# glm() with a factor for the client instead of profiled intercepts; the clustered variance is that
# of the whole model. Also writes its simulated data, people.csv.
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250103)
n <- 240
d <- data.frame(client = sample(c("C1", "C2", "C3"), n, replace = TRUE),
                account = sprintf("A%02d", sample(1:40, n, replace = TRUE)),
                user = rbinom(n, 1, 0.5), size = round(rnorm(n), 3))
d$answered <- rbinom(n, 1, plogis(c(C1 = -0.5, C2 = 0.3, C3 = -1)[d$client] - 0.8 * d$user + 0.5 * d$size))
write.csv(d, "people.csv", row.names = FALSE, quote = FALSE)

fit <- glm(answered ~ 0 + client + user + size, binomial, d, epsilon = 1e-14, maxit = 100)
X <- model.matrix(fit)
meat <- function(groups) {
  score <- rowsum(X * (d$answered - fitted(fit)), groups)
  nrow(score) / (nrow(score) - 1) * crossprod(score)
}
bread <- solve(crossprod(X * fitted(fit) * (1 - fitted(fit)), X))
error <- function(groups) sqrt(diag(bread %*% meat(groups) %*% bread))[c("user", "size")]
linear <- drop(X[, c("user", "size")] %*% coef(fit)[c("user", "size")])
pairs <- sapply(split(seq_len(n), d$client), function(i) {
  yes <- linear[i][d$answered[i] == 1]
  no <- linear[i][d$answered[i] == 0]
  c(suppressWarnings(wilcox.test(yes, no)$statistic), length(yes) * length(no))
})
p <- fitted(fit)[d$answered == 1]
weight <- pmin(mean(d$answered) / p, 1.5)
values <- c(coef(fit), error(d$account), error(seq_len(n)), fitted(fit)[1:3],
            sum(pairs[1, ]) / sum(pairs[2, ]), sum(weight)^2 / sum(weight^2),
            weighted.mean(d$size[d$answered == 1], weight))
names <- c("C1", "C2", "C3", "user", "size", "user clustered se", "size clustered se",
           "user robust se", "size robust se", paste("fitted", 0:2), "auc", "kish", "weighted mean")
write.csv(data.frame(quantity = names, reference = sprintf("%.15g", values), tolerance = 1e-8,
                     source = paste0("R ", getRversion(), " stats")), row.names = FALSE, quote = FALSE)
