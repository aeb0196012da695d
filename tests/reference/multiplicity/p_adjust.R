# Reference values for crqlab.stats.multiplicity. Run here: Rscript p_adjust.R > p_adjust.csv
p <- c(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262,
       0.5719, 0.6528, 0.759, 1, 0.0298, NA)
family <- rep(c("a", "b"), length.out = length(p))
together <- p.adjust(p, "BH")
apart <- ave(p, family, FUN = function(x) p.adjust(x, "BH"))
write.csv(data.frame(
  p = p, family = family,
  together = sprintf("%.15g", together), apart = sprintf("%.15g", apart),
  tolerance = 1e-12, source = paste0("R ", getRversion(), " stats p.adjust")
), row.names = FALSE, quote = FALSE)
