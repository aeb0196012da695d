# Reference values for crqlab.stats.factors.cfa: estimators, gaps, accounts, groups, second order.
# Run here: Rscript lavaan.R > lavaan.csv    (also writes its simulated data, answers.csv)
# The searches are run to a finer end than lavaan's default, so that 7 digits can be compared.
suppressMessages(library(lavaan))
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250102)
n <- 400
account <- sample(1:80, n, replace = TRUE)
common <- rnorm(n)
factors <- sapply(1:4, function(k) 0.7 * common + 0.7 * rnorm(n) + 0.5 * rnorm(80)[account])
of <- rep(1:4, c(3, 3, 4, 2))
loading <- c(1, 0.8, 1.1, 1, 0.9, 0.7, 1, 0.8, 0.9, 1.2, 1.2, 1)
items <- factors[, of] * rep(loading, each = n) + matrix(rt(n * 12, 5), n) * 0.6 + 4.5
items <- matrix(pmin(pmax(round(items), 1), 7), n)
colnames(items) <- c("t1", "t2", "t3", "v1", "v2", "v3", "e1", "e2", "e3", "e4", "s1", "s2")
items[matrix(runif(n * 12), n) < rep(c(0, 0.08, 0.02, 0.1), each = 3 * n)] <- NA
d <- data.frame(account, country = c("NL", "DE")[1 + (runif(n) < 0.45)], items)
write.csv(d, "answers.csv", row.names = FALSE, quote = FALSE, na = "")

first <- "trust =~ t1 + t2 + t3\nvalue =~ v1 + v2 + v3\nease =~ e1 + e2 + e3 + e4\nsat =~ s1 + s2"
models <- list(
  plain = first,
  cross = sub("v1 [+] v2", "v1 + t2 + v2", first),
  second = paste0(first, "\ncrq =~ trust + value + ease + sat"),
  part = paste0(first, "\ncrq =~ trust + value + ease"),
  single = "trust =~ t1 + t2 + t3\nease =~ e1 + e2 + e3 + e4\ns1x =~ s1"
)
cases <- list(
  ml_plain = list(), ml_cross = list(), ml_second = list(), ml_part = list(), ml_single = list(),
  ml_group_plain = list(group = "country"),
  mlm_plain = list(estimator = "MLM"), mlm_second = list(estimator = "MLM"),
  mlm_group_plain = list(estimator = "MLM", group = "country"),
  mlr_plain = list(estimator = "MLR"), mlr_part = list(estimator = "MLR"),
  mlr_group_second = list(estimator = "MLR", group = "country"),
  fiml_plain = list(missing = "ml"), fiml_second = list(missing = "ml"),
  fiml_group_plain = list(missing = "ml", group = "country"),
  fiml_mlr_cross = list(missing = "ml", estimator = "MLR"),
  fiml_mlr_group_plain = list(missing = "ml", estimator = "MLR", group = "country"),
  cluster_plain = list(estimator = "MLR", cluster = "account"),
  cluster_second = list(estimator = "MLR", cluster = "account"),
  cluster_fiml_plain = list(estimator = "MLR", cluster = "account", missing = "ml"),
  cluster_group_plain = list(estimator = "MLR", cluster = "account", group = "country")
)
fine <- list(control = list(rel.tol = 1e-13, iter.max = 1e4, eval.max = 1e4),
             em.h1.tol = 1e-12, em.h1.iter.max = 5000, optim.force.converged = TRUE)
wanted <- c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper",
            "srmr", "aic", "bic", "baseline.chisq", "chisq.scaled", "chisq.scaling.factor",
            "cfi.scaled", "baseline.chisq.scaling.factor")
robust <- c("cfi.robust", "tli.robust", "rmsea.robust", "rmsea.ci.lower.robust",
            "rmsea.ci.upper.robust")

rows <- function(case) {
  model <- models[[sub(".*_", "", case)]]
  fit <- do.call("cfa", c(list(model, d), cases[[case]], fine))
  # lavaan 0.6-14 corrects robust indices for gaps otherwise than later versions
  indices <- fitMeasures(fit)
  indices <- indices[intersect(c(wanted, if (!grepl("fiml", case)) robust), names(indices))]
  p <- parameterEstimates(fit)
  p <- p[p$se > 0 & (p$op == "=~" | p$op == "~1" | p$lhs %in% lavNames(fit, "lv")), ]
  name <- paste(p$lhs, p$op, p$rhs, if (is.null(p$group)) 1 else p$group)
  out <- data.frame(case, quantity = names(indices), reference = as.numeric(indices))
  out <- rbind(out, data.frame(case, quantity = paste("est", name), reference = p$est),
               data.frame(case, quantity = paste("se", name), reference = p$se))
  if (case %in% c("ml_plain", "ml_second", "fiml_plain", "ml_group_plain")) {
    m <- head(modindices(fit, sort. = TRUE), 8)
    m <- m[m$op != "~1", ]
    name <- paste(m$lhs, m$op, m$rhs, if (is.null(m$group)) 1 else m$group)
    s <- head(lavPredict(fit, assemble = TRUE), 3)
    out <- rbind(out, data.frame(case, quantity = paste("mi", name), reference = m$mi),
                 data.frame(case, quantity = paste("epc", name), reference = m$epc))
    if (!grepl("group", case)) {
      name <- as.vector(outer(1:3, colnames(s), paste))
      out <- rbind(out, data.frame(case, quantity = paste("score", name),
                                   reference = as.vector(s)))
    }
  }
  out
}
table <- do.call(rbind, lapply(names(cases), rows))
table$reference <- sprintf("%.9g", table$reference)
table$source <- paste0("R ", getRversion(), " lavaan ", packageVersion("lavaan"))
write.csv(table, row.names = FALSE, quote = FALSE)
