# Reference values for crqlab.scores: accounts and clients. Run: Rscript accounts.R > accounts.csv
# Data: people.csv beside this script (people.R).
suppressMessages(library(multilevel))
people <- read.csv("people.csv", stringsAsFactors = FALSE)
people$crq <- rowMeans(people[c("a", "b", "c", "d")])
people$weight <- c(executive = 3, manager = 2, user = 1)[people$role]
base <- paste0("R ", getRversion())
multi <- paste0(base, " multilevel ", packageVersion("multilevel"))
rows <- list()
say <- function(quantity, client, account, reference, source = base, tolerance = 1e-9)
  rows[[length(rows) + 1]] <<- data.frame(
    quantity, client, account, reference = sprintf("%.12g", reference), tolerance, source)

nps <- function(ltr) {
  p <- sum(ltr >= 9) + 0.75; d <- sum(ltr <= 6) + 0.75; n <- length(ltr) + 3
  s <- (p - d) / n
  half <- qnorm(0.975) * sqrt(((p + d) / n - s^2) / n)
  c(100 * (sum(ltr >= 9) - sum(ltr <= 6)) / length(ltr),
    100 * max(s - half, -1), 100 * min(s + half, 1))
}

for (client in unique(people$client_id)) {
  mine <- people[people$client_id == client, ]
  fit <- aov(crq ~ as.factor(account_id), data = mine)
  noise <- deviance(fit) / df.residual(fit)
  icc1 <- ICC1(fit)
  agreed <- rwg.j(mine[c("a", "b", "c", "d")], mine$account_id, ranvar = 4)
  n <- tapply(mine$crq, mine$account_id, length)
  means <- tapply(mine$crq, mine$account_id, mean)
  own <- n / (n + (1 - icc1) / icc1)
  grand <- weighted.mean(means, own)
  half <- qt(0.975, df.residual(fit)) * sqrt(noise / n)
  say("icc1", client, "", icc1, multi)
  say("icc2", client, "", ICC2(fit), multi)
  say("crq respondents", client, "", mean(mine$crq))
  say("crq accounts", client, "", mean(means))
  say("crq role", client, "", weighted.mean(mine$crq, mine$weight))
  say("crq confidence", client, "", weighted.mean(mine$crq, mine$familiarity))
  say("nps respondents", client, "", nps(mine$ltr)[1])
  say("nps low", client, "", nps(mine$ltr)[2])
  say("nps high", client, "", nps(mine$ltr)[3])
  for (account in names(means)) {
    here <- mine[mine$account_id == account, ]
    say("crq", client, account, means[[account]])
    say("low", client, account, max(1, means[[account]] - half[[account]]))
    say("high", client, account, min(7, means[[account]] + half[[account]]))
    say("weight", client, account, own[[account]])
    say("shrunken", client, account,
        own[[account]] * means[[account]] + (1 - own[[account]]) * grand)
    say("crq_role", client, account, weighted.mean(here$crq, here$weight))
    say("crq_confidence", client, account, weighted.mean(here$crq, here$familiarity))
    say("crq_senior", client, account, mean(here$crq[here$weight == max(here$weight)]))
    say("sd", client, account, sd(here$crq))
    shared <- agreed$rwg.j[agreed$grpid == account]
    say("rwg_j", client, account, if (nrow(here) > 1) max(0, shared) else NA, multi)
    say("mean_ltr", client, account, mean(here$ltr))
    say("nps", client, account, nps(here$ltr)[1])
    say("nps_low", client, account, nps(here$ltr)[2])
    say("nps_high", client, account, nps(here$ltr)[3])
  }
}
write.csv(do.call(rbind, rows), row.names = FALSE, quote = FALSE)
