# Reference values for crqlab.stats.validity and omega_hierarchical.
# Run here: Rscript lavaan.R > lavaan.csv    (also writes its simulated data, answers.csv)
suppressMessages({library(lavaan); library(semTools)})
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250104)
size <- sample(1:6, 90, replace = TRUE)
account <- rep(sprintf("A%02d", seq_along(size)), size)
which <- as.integer(factor(account))
n <- length(account)
common <- rnorm(90, 0, .6)[which] + rnorm(n, 0, .8)
trust <- .8 * common + rnorm(n, 0, .6)
commitment <- .7 * common + rnorm(n, 0, .7)
service <- .6 * common + rnorm(n, 0, .8)
item <- function(f, l) pmin(pmax(round(4.8 + 1.3 * l * f + rnorm(n, 0, .8)), 1), 7)
d <- data.frame(account, t1 = item(trust, 1), t2 = item(trust, .8), t3 = item(trust, .6),
                c1 = item(commitment, 1), c2 = item(commitment, .9), c3 = item(commitment, .5),
                s1 = item(service, 1), s2 = item(service, .8), s3 = item(service, .7))
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE)
model <- "trust =~ t1 + t2 + t3
          commitment =~ c1 + c2 + c3
          service =~ s1 + s2 + s3"
constructs <- c("trust", "commitment", "service")
tight <- list(rel.tol = 1e-10)

# AVE and CR as defined parameters of the standardised loadings, so that errors come from lavaan
letters3 <- function(k) paste0(substr(k, 1, 1), 1:3)
labelled <- function(k) { i <- letters3(k)
  l <- paste0("(l", i, "/sqrt(l", i, "^2 + e", i, "))")
  c(paste0(k, " =~ NA*", i[1], " + ", paste0("l", i, "*", i, collapse = " + ")),
    paste0(k, " ~~ 1*", k), paste0(i, " ~~ e", i, "*", i),
    paste0("ave_", k, " := (", paste0(l, "^2", collapse = " + "), ")/3"),
    paste0("cr_", k, " := (", paste(l, collapse = " + "), ")^2/((", paste(l, collapse = " + "),
           ")^2 + 3 - (", paste0(l, "^2", collapse = " + "), "))")) }
defined <- paste(unlist(lapply(constructs, labelled)), collapse = "\n")
rows <- function(fit) { p <- parameterEstimates(fit); p[p$op == ":=", ] }
ml <- rows(cfa(defined, d, control = tight))
grouped <- rows(cfa(defined, d, estimator = "MLR", cluster = "account", control = tight))

fit <- cfa(model, d, control = tight)
phi <- unclass(lavInspect(fit, "cor.lv"))
pair <- upper.tri(phi)
ratio <- unclass(semTools::htmt(model, d, htmt2 = FALSE, absolute = TRUE))
ratio2 <- unclass(semTools::htmt(model, d, htmt2 = TRUE, absolute = TRUE))
names_of <- outer(constructs, constructs, paste)[pair]

above <- cfa(paste(model, "crq =~ trust + commitment + service", sep = "\n"), d, control = tight)
L2 <- semTools::reliabilityL2(above, "crq")

# the disattenuated correlation, and its error by weighing each account a little more
X <- as.matrix(d[, c("t1", "t2", "t3", "c1", "c2", "c3")])
x <- 1:3
y <- 4:6
true <- function(S) { k <- nrow(S); k / (k - 1) * (sum(S) - sum(diag(S))) }
corrected <- function(S) sum(S[x, y]) / sqrt(true(S[x, x]) * true(S[y, y]))
by_weight <- function(groups, move = 1e-6) {
  change <- sapply(unique(groups), function(g) { up <- down <- rep(1, n)
    up[groups == g] <- 1 + move
    down[groups == g] <- 1 - move
    (corrected(cov.wt(X, up, method = "ML")$cov) - corrected(cov.wt(X, down, method = "ML")$cov)) /
      (2 * move) })
  J <- length(change)
  sqrt(J / (J - 1) * sum(change^2))
}
quantity <- c(ml$label, paste(ml$label, "se"), paste(grouped$label, "se by account"),
              paste("phi", names_of), paste("htmt", names_of), paste("htmt2", names_of),
              "omega_hierarchical", "disattenuated", "disattenuated se",
              "disattenuated se by account")
reference <- c(ml$est, ml$se, grouped$se, phi[pair], ratio[pair], ratio2[pair], L2[["omegaL1"]],
               corrected(cov(X)), by_weight(seq_len(n)), by_weight(d$account))
tolerance <- c(rep(1e-5, length(ml$label)), rep(1e-5, 2 * nrow(ml)), rep(1e-5, 3),
               rep(1e-10, 6), 1e-6, 1e-10, 1e-7, 1e-7)
source <- paste0("R ", getRversion(), " lavaan ", packageVersion("lavaan"), " semTools ",
                 packageVersion("semTools"))
write.csv(data.frame(quantity, reference = sprintf("%.15g", reference), tolerance, source),
          row.names = FALSE, quote = FALSE)
