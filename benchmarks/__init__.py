"""What `make bench` measures, as ratios beside a floor and a ceiling of the same run."""
