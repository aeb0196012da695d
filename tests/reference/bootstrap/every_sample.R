# Reference values for crqlab.stats.bootstrap. Run here: Rscript every_sample.R > every_sample.csv
# Six accounts can be drawn in 6^6 ways: here is every one of them, so nothing is left to chance.
answers <- c(2, 1, 3, 4, 1, 2)
totals <- c(11, 5.5, 12, 19, 4, 9.5)
earlier <- c(10, 5, 14, 17, 5, 0) # the sixth joined
before <- c(2, 1, 3, 4, 1, 0)
revenue <- c(5, 1, 2, 4, 3, 1.5)
draws <- as.matrix(expand.grid(rep(list(1:6), 6)))
summed <- function(x) rowSums(matrix(x[draws], nrow(draws)))

# Hesterberg (2015), on the degrees of freedom of Kish's effective number
interval <- function(values, weight, level) {
  share <- weight / sum(weight)
  tail <- pnorm(-sqrt(6 / 5) * qt(1 - (1 - level) / 2, 1 / sum(share^2) - 1))
  quantile(values, c(tail, 1 - tail), type = 7, na.rm = TRUE, names = FALSE)
}
ratio <- summed(totals) / summed(answers)
weighted <- summed(revenue * totals / answers) / summed(revenue)
change <- ratio - summed(earlier) / summed(before)
shares <- answers / sum(answers) + before / sum(before)
values <- c(interval(ratio, answers, 0.8), interval(weighted, revenue, 0.8),
            interval(change, shares, 0.8))
write.csv(data.frame(
  quantity = paste(rep(c("everyone", "revenue", "change"), each = 2), c("low", "high")),
  reference = sprintf("%.15g", values),
  tolerance = 0.01, # a Monte Carlo of 200,000 draws
  source = paste0("R ", getRversion(), " stats")
), row.names = FALSE, quote = FALSE)
