# Reference values for crqlab.stats.agreement and crqlab.stats.components.
# Run here: Rscript multilevel.R > multilevel.csv    (also writes its simulated data, answers.csv)
suppressMessages(library(multilevel))
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250101)
size <- c(1, 1, sample(2:9, 28, replace = TRUE))
account <- rep(sprintf("A%02d", seq_along(size)), size)
latent <- rnorm(length(size), 5, 0.8)[as.integer(factor(account))]
answer <- function() pmin(pmax(round(latent + rnorm(length(account), 0, 1.2)), 1), 7)
d <- data.frame(account, t1 = answer(), t2 = answer(), t3 = answer())
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE)

d$trust <- rowMeans(d[, c("t1", "t2", "t3")])
layout <- aov(trust ~ as.factor(account), d)
squares <- summary(layout)[[1]]
fit <- lme(trust ~ 1, random = ~ 1 | account, data = d, method = "REML",
           control = lmeControl(tolerance = 1e-12, msTol = 1e-12, opt = "optim", reltol = 1e-15))
between <- getVarCov(fit)[1]
within <- fit$sigma^2

# expected information by dense matrices: derivatives of V are Z Z' and the identity
Z <- model.matrix(~ 0 + account, d)
A <- tcrossprod(Z)
inverse <- solve(between * A + within * diag(nrow(d)))
trace <- function(M) sum(diag(M))
information <- 0.5 * matrix(c(
  trace(inverse %*% A %*% inverse %*% A), trace(inverse %*% A %*% inverse),
  trace(inverse %*% A %*% inverse), trace(inverse %*% inverse)), 2)

single <- rwg(d$t1, d$account, ranvar = 4)
several <- rwg.j(d[, c("t1", "t2", "t3")], d$account, ranvar = 4)
quantity <- c("icc1", "icc2", "msb", "msw", "reml var_between", "reml var_within", "reml icc1",
              "reml grand_mean", "reml grand_se", "reml between_se",
              paste("rwg", single$grpid), paste("rwg_j", several$grpid))
reference <- c(ICC1(layout), ICC2(layout), squares[1, 3], squares[2, 3], between, within,
               between / (between + within), fixef(fit)[[1]], sqrt(vcov(fit)[1, 1]),
               sqrt(solve(information)[1, 1]), single$rwg, several$rwg.j)
searched <- grepl("^reml", quantity) # lme stops its search at about seven digits
source <- paste0("R ", getRversion(), ifelse(searched,
                 paste0(" nlme ", packageVersion("nlme")),
                 paste0(" multilevel ", packageVersion("multilevel"))))
write.csv(data.frame(quantity, reference = sprintf("%.15g", reference),
                     tolerance = ifelse(searched, 1e-6, 1e-10), source),
          row.names = FALSE, quote = FALSE)
