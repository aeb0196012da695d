# Reference values for crqlab.stats.reliability.
# Run here: Rscript psych.R > psych.csv    (also writes its simulated data, answers.csv)
suppressMessages({library(psych); library(lavaan)})
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250102)
size <- sample(1:7, 60, replace = TRUE)
account <- rep(sprintf("A%02d", seq_along(size)), size)
opinion <- (rnorm(length(size), 0, 0.7)[as.integer(factor(account))] + rnorm(length(account), 0, 0.8))
own <- function(l) pmin(pmax(round(4.8 + l * opinion + rnorm(length(account), 0, 0.7) +
                                   rnorm(length(size), 0, 0.3)[as.integer(factor(account))]), 1), 7)
d <- data.frame(account, t1 = own(1.2), t2 = own(1), t3 = own(0.8), t4 = own(0.5))
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE)
items <- d[, -1]
k <- ncol(items)

a <- suppressWarnings(psych::alpha(items, check.keys = FALSE, warnings = FALSE))
feldt <- unlist(psych::alpha.ci(a$total$raw_alpha, n.obs = nrow(items), n.var = k, digits = 16))
half <- splitHalf(items, covar = TRUE, check.keys = FALSE)
standard <- splitHalf(items, check.keys = FALSE)

# omega, its standard error without normality (MLR), and the second-order share, from lavaan
one <- "F =~ NA*t1 + a*t1 + b*t2 + c*t3 + d*t4
        F ~~ 1*F
        t1 ~~ e*t1
        t2 ~~ f*t2
        t3 ~~ g*t3
        t4 ~~ h*t4
        omega := (a + b + c + d)^2 / ((a + b + c + d)^2 + e + f + g + h)"
tight <- list(rel.tol = 1e-10)
free <- cfa(one, items, estimator = "MLR", control = tight)
grouped <- cfa(one, d, estimator = "MLR", cluster = "account", control = tight)
omega_row <- function(fit) subset(parameterEstimates(fit), label == "omega")

# what each account adds, by weighing it a little more: an infinitesimal jackknife in base R
by_weight <- function(statistic, groups) {
  move <- 1e-6
  change <- sapply(unique(groups), function(g) {
    up <- down <- rep(1, nrow(items))
    up[groups == g] <- 1 + move
    down[groups == g] <- 1 - move
    (statistic(cov.wt(items, up, method = "ML")$cov) -
     statistic(cov.wt(items, down, method = "ML")$cov)) / (2 * move)
  })
  J <- length(change)
  sqrt(J / (J - 1) * sum(change^2))
}
alpha_of <- function(S) nrow(S) / (nrow(S) - 1) * (1 - sum(diag(S)) / sum(S))
average_of <- function(S) { R <- cov2cor(S); mean(R[lower.tri(R)]) }
person <- seq_len(nrow(items))

# within and between accounts: mean squares from aov, item by item and for their sum
squares <- sapply(cbind(items, sum = rowSums(items)),
                  function(y) summary(aov(y ~ factor(d$account)))[[1]][["Mean Sq"]])
J <- length(size)
n0 <- (sum(size) - sum(size^2) / sum(size)) / (J - 1)
within <- squares[2, ]
between <- (squares[1, ] - squares[2, ]) / n0
true <- function(v) k / (k - 1) * (v[["sum"]] - sum(v[seq_len(k)]))

quantity <- c("alpha", "alpha low", "alpha high", "average_r",
              paste("item_rest_r", names(items)), paste("alpha_if_dropped", names(items)),
              "lambda2", "lambda4", "lambda6", "lambda2 standardized", "lambda4 standardized",
              "lambda6 standardized", "alpha se by account", "average_r se", "average_r se by account",
              "size", "within accounts", "between accounts", "account means")
reference <- c(a$total$raw_alpha, feldt[["lower.ci"]], feldt[["upper.ci"]], a$total$average_r,
               a$item.stats$r.drop, a$alpha.drop$raw_alpha,
               half$lambda2, half$maxrb, half$lambda6, standard$lambda2, standard$maxrb,
               standard$lambda6, by_weight(alpha_of, d$account), by_weight(average_of, person),
               by_weight(average_of, d$account), n0, true(within) / within[["sum"]],
               true(between) / between[["sum"]],
               true(between) / (between[["sum"]] + within[["sum"]] / n0))
fits <- c("omega", "omega se", "omega se by account")
omegas <- c(omega_row(free)$est, omega_row(free)$se, omega_row(grouped)$se)
psych_ <- paste0("R ", getRversion(), " psych ", packageVersion("psych"))
lavaan_ <- paste0("R ", getRversion(), " lavaan ", packageVersion("lavaan"))
numeric_ <- grepl(" se", quantity)
write.csv(data.frame(quantity = c(quantity, fits), reference = sprintf("%.15g", c(reference, omegas)),
                     tolerance = c(ifelse(numeric_, 1e-7, 1e-10), 1e-6, 1e-6, 1e-6),
                     source = c(rep(psych_, length(quantity)), rep(lavaan_, 3))),
          row.names = FALSE, quote = FALSE)
