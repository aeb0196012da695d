# Reference values for crqlab.stats.permutation_moments. Run here: Rscript every_shuffle.R > every_shuffle.csv
# Small enough to write down every way in which chance could have dealt: no formula is used.
orders <- function(x) {
  if (length(x) == 1) return(matrix(x))
  do.call(rbind, lapply(seq_along(x), function(i) cbind(x[i], orders(x[-i]))))
}
moments <- function(x) c(mean(x), mean((x - mean(x))^2), mean((x - mean(x))^3))

# Seven accounts in two strata; manager "a" holds two of the first and one of the second
values <- c(0, 3, 1, 0, 2, 5, 1)
first <- combn(values[1:4], 2, sum)
second <- values[5:7]
dealt <- moments(c(outer(first, second, "+")))

# Seven answers on two days; manager "a" has four of them, three of one day
clock <- c(0, 6, 13, 14, 30, 31, 39)
pairs <- rbind(c(1, 2), c(1, 3), c(2, 3)) # of manager "a", on one day; its fourth stands alone
every <- matrix(clock[orders(seq_along(clock))], ncol = length(clock))
close <- rowSums(abs(every[, pairs[, 1]] - every[, pairs[, 2]]) <= 10)
quantity <- c("dealt expected", "dealt variance", "dealt third", "pairs expected", "pairs variance")
write.csv(data.frame(
  quantity = quantity,
  reference = sprintf("%.15g", c(dealt, moments(close)[1:2])),
  tolerance = 1e-9,
  source = paste0("R ", getRversion(), " every permutation")
), row.names = FALSE, quote = FALSE)
