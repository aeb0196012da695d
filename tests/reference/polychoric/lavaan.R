# Reference values for WLSMV. Run here: Rscript lavaan.R > lavaan.csv
suppressMessages(library(lavaan))
answers <- read.csv("answers.csv")
# Two categories, and a cell that nobody chose: top of one item and bottom of another.
answers <- transform(answers, two_1 = tru_1 >= 7, two_2 = tru_2 >= 3, two_3 = com_1 >= 5,
                     two_4 = com_2 >= 3)
answers[paste0("two_", 1:4)] <- lapply(answers[paste0("two_", 1:4)], as.integer)
stopifnot(any(table(answers$two_1, answers$two_2) == 0))
names <- c("tru", "com", "sat", "ser")
items <- lapply(names, function(k) paste0(k, "_", 1:3))
first <- paste(sapply(1:4, function(k) paste(names[k], "=~", paste(items[[k]], collapse = " + "))),
               collapse = "\n")
models <- list(
  correlated = first,
  second_order = paste(first, "crq =~ tru + com + sat + ser", sep = "\n"),
  one_factor = paste("all =~", paste(unlist(items), collapse = " + ")),
  empty_cell = "two =~ two_1 + two_2 + two_3 + two_4",
  two_items = "tru =~ tru_1 + tru_2\nser =~ ser_1 + ser_2"
)
measures <- c(
  chi2 = "chisq", df = "df", p = "pvalue", chi2_scaled = "chisq.scaled", p_scaled = "pvalue.scaled",
  scaling = "chisq.scaling.factor", cfi = "cfi", tli = "tli", rmsea = "rmsea",
  rmsea_low = "rmsea.ci.lower", rmsea_high = "rmsea.ci.upper", cfi_scaled = "cfi.scaled",
  tli_scaled = "tli.scaled", rmsea_scaled = "rmsea.scaled",
  rmsea_scaled_low = "rmsea.ci.lower.scaled", rmsea_scaled_high = "rmsea.ci.upper.scaled",
  cfi_robust = "cfi.robust", tli_robust = "tli.robust", rmsea_robust = "rmsea.robust",
  rmsea_robust_low = "rmsea.ci.lower.robust", rmsea_robust_high = "rmsea.ci.upper.robust",
  srmr = "srmr", npar = "npar", baseline_chi2 = "baseline.chisq",
  baseline_chi2_scaled = "baseline.chisq.scaled", baseline_scaling = "baseline.chisq.scaling.factor"
)
one <- function(case) {
  fit <- cfa(models[[case]], answers, ordered = TRUE, estimator = "WLSMV")
  est <- parameterEstimates(fit)
  std <- standardizedSolution(fit)
  key <- function(x) paste(x$lhs, x$op, x$rhs)
  free <- est$op %in% c("=~", "|") | (est$op == "~~" & !est$lhs %in% lavNames(fit, "ov"))
  loads <- std$op == "=~" | (std$op == "~~" & std$lhs != std$rhs)
  mi <- head(modindices(fit, sort. = TRUE), 5)
  rbind(
    data.frame(part = "fit", key = names(measures), reference = fitMeasures(fit)[measures]),
    data.frame(part = "estimate", key = key(est[free, ]), reference = est$est[free]),
    data.frame(part = "se", key = key(est[free, ]), reference = est$se[free]),
    data.frame(part = "std", key = key(std[loads, ]), reference = std$est.std[loads]),
    data.frame(part = "std_se", key = key(std[loads, ]), reference = std$se[loads]),
    if (nrow(mi) && fitMeasures(fit, "df") > 1) {
      data.frame(part = "mi", key = key(mi), reference = mi$mi)
    }
  )
}
rows <- do.call(rbind, lapply(names(models), function(case) cbind(case = case, one(case))))
rows$reference <- sprintf("%.12g", rows$reference)
rows$tolerance <- 1e-5
rows$source <- paste0("R ", getRversion(), " lavaan ", packageVersion("lavaan"))
write.csv(rows, row.names = FALSE, quote = FALSE)
