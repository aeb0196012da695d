# Simulated people for scores.R: two clients, four constructs of one item each, 1-7.
# Run: Rscript people.R > people.csv
suppressWarnings(RNGversion("4.0.0"))
set.seed(20250101)
sizes <- c(sample(1:7, 14, replace = TRUE), sample(1:5, 12, replace = TRUE))
client <- rep(c(rep("C1", 14), rep("C2", 12)), sizes)
account <- rep(sprintf("A%02d", c(1:14, 1:12)), sizes)
place <- rep(rnorm(length(sizes), 0, 0.8), sizes)
person <- place + rnorm(length(place), 0, 0.9)
answer <- function() pmin(7, pmax(1, round(5 + person + rnorm(length(person), 0, 0.7))))
people <- data.frame(
  client_id = client, account_id = account, a = answer(), b = answer(), c = answer(),
  d = answer(), ltr = pmin(10, pmax(0, round(7.5 + 1.8 * person + rnorm(length(person))))),
  role = sample(c("executive", "manager", "user"), length(person), replace = TRUE),
  familiarity = sample(1:7, length(person), replace = TRUE)
)
write.csv(people, row.names = FALSE, quote = FALSE)
