# Reference values for crqlab.stats.importance, by lm, order by order, and by svd: base R alone.
# Run here: Rscript orders.R > orders.csv    (also writes its simulated data, answers.csv)
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250107)
n <- 80
common <- rnorm(n)
x <- data.frame(care = common + rnorm(n), speed = common + rnorm(n), price = rnorm(n),
                skill = 0.6 * common + rnorm(n))
y <- round(0.5 * x$care + 0.2 * x$speed - 0.4 * x$price + 0.3 * x$skill + rnorm(n), 3)
x <- round(x, 3)
write.csv(data.frame(x, trust = y), "answers.csv", row.names = FALSE, quote = FALSE)

r2 <- function(names) {
  if (length(names) == 0) 0 else summary(lm(y ~ ., data = x[, names, drop = FALSE]))$r.squared
}
orders <- function(v) {
  if (length(v) < 2) return(list(v))
  do.call(c, lapply(seq_along(v), function(i) lapply(orders(v[-i]), function(o) c(v[i], o))))
}
# LMG: every order of entry, each driver's gain by two calls of lm
every <- orders(names(x))
gain <- function(order, name) {
  before <- order[seq_len(match(name, order) - 1)]
  r2(c(before, name)) - r2(before)
}
lmg <- sapply(names(x), function(name) mean(sapply(every, gain, name)))
# Johnson: nearest orthogonal likeness by singular value decomposition
z <- scale(x)
s <- svd(z)
likeness <- s$u %*% t(s$v)
beta <- as.vector(t(likeness) %*% scale(y))
loads <- t(likeness) %*% z
johnson <- as.vector((t(loads)^2 %*% beta^2)) / (n - 1)^2
fit <- lm(y ~ ., data = x)
inflated <- sapply(names(x), function(name)
  1 / (1 - summary(lm(reformulate(setdiff(names(x), name), name), data = x))$r.squared))
rows <- function(quantity, value) data.frame(quantity, driver = names(x), reference = value)
found <- rbind(rows("lmg", lmg), rows("johnson", johnson), rows("slope", coef(fit)[-1]),
               rows("alone", sapply(names(x), r2)), rows("vif", inflated),
               rows("last", sapply(names(x), function(v) r2(names(x)) - r2(setdiff(names(x), v)))),
               data.frame(quantity = "r2", driver = "all", reference = r2(names(x))),
               data.frame(quantity = "condition", driver = "all",
                          reference = sqrt(max(eigen(cor(x))$values) / min(eigen(cor(x))$values))))
write.csv(data.frame(found[1:2], reference = sprintf("%.15g", found$reference), tolerance = 1e-10,
                     source = paste0("R ", getRversion())), row.names = FALSE, quote = FALSE)
