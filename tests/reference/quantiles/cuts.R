# Reference values for crqlab.stats.quantile_cuts. Run: Rscript cuts.R > cuts.csv
# Data: values.csv beside this script, drawn once from a normal distribution, weights log-normal.
suppressMessages(library(Hmisc))
rows <- read.csv("values.csv")
shares <- c(0.05, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99)
plain <- quantile(rows$value, shares, type = 7)
weighted <- wtd.quantile(rows$value, rows$weight, shares, type = "quantile", normwt = TRUE)
twice <- quantile(rep(rows$value, rep(1:3, length.out = nrow(rows))), shares, type = 7)
source <- paste0("R ", getRversion())
write.csv(data.frame(
  quantity = rep(c("plain", "weighted", "repeated"), each = length(shares)),
  share = rep(shares, 3),
  reference = format(unname(c(plain, weighted, twice)), digits = 15),
  tolerance = 1e-10,
  source = rep(c(source, paste0(source, " Hmisc ", packageVersion("Hmisc")), source),
               each = length(shares))
), row.names = FALSE, quote = FALSE)
