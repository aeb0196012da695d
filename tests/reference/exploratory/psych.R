# Reference values for crqlab.stats.factors: exploratory, rotation, parallel, adequacy.
# Run here: Rscript psych.R > psych.csv    (also writes its simulated data, answers.csv)
suppressMessages({library(psych); library(GPArotation)})
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250103)
n <- 400
latent <- matrix(rnorm(n * 3), n) %*% chol(matrix(c(1, .5, .4, .5, 1, .3, .4, .3, 1), 3))
L <- matrix(c(.8, .7, .7, .6, .1, 0, 0, .2, 0, 0, 0, 0, 0, 0, .2, 0, .8, .7, .6, .6, 0, .1, 0, 0,
              0, .1, 0, 0, 0, 0, 0, 0, .8, .7, .6, .5), 12)
raw <- latent %*% t(L) + matrix(rnorm(n * 12), n) %*% diag(sqrt(0.45), 12)
d <- as.data.frame(pmin(pmax(round(4.6 + 1.2 * raw), 1), 7))
names(d) <- paste0("q", 1:12)
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE)
R <- cor(d)

quantity <- character(); reference <- tolerance <- numeric()
put <- function(name, value, within) {
  quantity <<- c(quantity, name); reference <<- c(reference, as.numeric(value))
  tolerance <<- c(tolerance, rep(within, length(value)))
}
table_of <- function(name, M, within) {
  put(c(outer(names(d), seq_len(ncol(M)), function(i, f) paste0(name, " ", i, " f", f))), c(M), within)
}
ordered <- function(M) { M <- unclass(M); order(-colSums(M^2)) }
signs <- function(M) ifelse(colSums(unclass(M)) < 0, -1, 1)

# maximum likelihood by factanal, searched to its limit; minres by psych
ml <- factanal(covmat = R, factors = 3, n.obs = n, rotation = "none",
               control = list(opt = list(factr = 1, pgtol = 1e-12, maxit = 10000)))
A <- unclass(ml$loadings)
attr(A, "covariance") <- NULL
fit <- psych::fa(R, 3, n.obs = n, fm = "ml", rotate = "none")
mr <- psych::fa(R, 3, n.obs = n, fm = "minres", rotate = "none")
put(paste("ml", names(d)), ml$uniquenesses, 2e-6)
put(paste("minres", names(d)), mr$uniquenesses, 1e-4)
put(c("chi2", "df", "p"), c(ml$STATISTIC, ml$dof, ml$PVAL), 1e-5)
put("tli", fit$TLI, 2e-4) # psych corrects the null model as if it had 3 factors
vx <- varimax(A, eps = 1e-15)$loadings
table_of("varimax", sweep(vx[, ordered(vx)], 2, signs(vx)[ordered(vx)], `*`), 1e-5)
ob <- GPArotation::oblimin(A, eps = 1e-7, maxit = 20000)
o <- ordered(ob$loadings); s <- signs(ob$loadings)[o]
table_of("oblimin", sweep(ob$loadings[, o], 2, s, `*`), 1e-5)
phi <- ob$Phi[o, o] * outer(s, s)
put(paste("oblimin phi", c("12", "13", "23")), phi[upper.tri(phi)], 1e-5)
h <- sqrt(rowSums(A^2)) # Kaiser's normalisation around promax, as psych does it
v <- varimax(A / h, normalize = FALSE, eps = 1e-15)
Q <- v$loadings * abs(v$loadings)^3
U <- lm.fit(unclass(v$loadings), unclass(Q))$coefficients
U <- U %*% diag(sqrt(diag(solve(t(U) %*% U))))
px <- unclass(v$loadings) %*% U * h
table_of("promax", sweep(px[, ordered(px)], 2, signs(px)[ordered(px)], `*`), 1e-5)

k <- KMO(R)
b <- cortest.bartlett(R, n)
put(c("kmo", paste("kmo", names(d))), c(k$MSA, k$MSAi), 1e-10)
put(c("bartlett", "bartlett df", "bartlett p"), c(b$chisq, b$df, b$p.value), 1e-7)
put(paste("map", 1:8), suppressWarnings(vss(R, n = 8, n.obs = n, plot = FALSE))$map, 1e-10)
put(paste("eigenvalue", 1:12), eigen(R)$values, 1e-10)
set.seed(1)
chance <- function() { X <- matrix(rnorm(n * 12), n)
  c(eigen(cor(X))$values, psych::fa(cor(X), 1, fm = "minres")$values) }
drawn <- suppressWarnings(replicate(1000, chance()))
q <- apply(drawn, 1, quantile, .95)
put(paste("chance", 1:12), q[1:12], 0.02)
put(paste("factor_chance", 2:6), q[14:18], 0.02)
one <- psych::fa(R, 1, fm = "minres")$values
put(paste("factor_eigenvalue", 1:12), one, 2e-3)
source <- paste0("R ", getRversion(), " stats and psych ", packageVersion("psych"), " GPArotation ",
                 packageVersion("GPArotation"))
write.csv(data.frame(quantity, reference = sprintf("%.15g", reference), tolerance, source),
          row.names = FALSE, quote = FALSE)
