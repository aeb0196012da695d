# Made-up answers for polycor.R and lavaan.R. Run here: Rscript answers.R > answers.csv
# Four constructs behind twelve items with 7, 5 and 2 categories, skewed as real answers are, and a
# continuous score; every item misses three answers, so that rows must be left out.
set.seed(20250704)
n <- 500
crq <- rnorm(n)
construct <- sapply(c(0.8, 0.7, 0.6, 0.75), function(b) b * crq + sqrt(1 - b^2) * rnorm(n))
loading <- c(0.85, 0.75, 0.65, 0.8, 0.7, 0.6, 0.9, 0.7, 0.5, 0.8, 0.75, 0.7)
behind <- sapply(1:12, function(i) {
  loading[i] * construct[, (i + 2) %/% 3] + sqrt(1 - loading[i]^2) * rnorm(n)
})
behind[, 3] <- -behind[, 3]
cuts <- list(seven = c(-2, -1.6, -1.1, -0.6, 0.2, 1), five = c(-1.5, -0.9, -0.2, 0.8), two = 0.3)
scale <- c("seven", "seven", "seven", "seven", "five", "five", "five", "seven", "two", "two", "two",
           "seven")
items <- sapply(1:12, function(i) findInterval(behind[, i], cuts[[scale[i]]]) + 1)
for (i in 1:12) items[sample(n, 3), i] <- NA
colnames(items) <- paste0(rep(c("tru_", "com_", "sat_", "ser_"), each = 3), 1:3)
score <- round(5 + crq + 0.5 * rnorm(n), 3)
write.csv(data.frame(items, score), row.names = FALSE, quote = FALSE, na = "")
