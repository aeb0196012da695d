# Reference values for crqlab.stats.funnel. Run here: Rscript metafor.R > metafor.csv
# Deleted residuals of a random-effects model are each unit against all others.
suppressMessages(library(metafor))
units <- rbind(
  data.frame(block = "alike", value = c(5.0, 5.1, 4.9, 5.05, 5.6), variance = c(4, 9, 4, 6, 5) / 100),
  data.frame(block = "apart", value = c(5.0, 6.1, 4.2, 5.5, 5.9, 3.8),
             variance = c(4, 2, 10, 6, 5, 20) / 100),
  data.frame(block = "three", value = c(0.2, 0.5, 0.9), variance = c(0.01, 0.02, 0.03))
)
against <- function(one) {
  out <- rstudent(rma(value, variance, data = one, method = "DL"))
  left <- sapply(seq_len(nrow(one)), function(i) {
    rest <- rma(value, variance, data = one[-i, ], method = "DL")
    c(as.numeric(coef(rest)), rest$tau2)
  })
  cbind(one, rest = left[1, ], between = left[2, ], deviation = out$resid, se = out$se, z = out$z)
}
found <- do.call(rbind, lapply(split(units, units$block), against))
number <- sapply(found, is.numeric)
found[number] <- lapply(found[number], function(x) sprintf("%.15g", x))
found$tolerance <- 1e-9
found$source <- paste0("R ", getRversion(), " metafor ", packageVersion("metafor"))
write.csv(found, row.names = FALSE, quote = FALSE)
