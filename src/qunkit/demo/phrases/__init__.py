"""What people in the invented groups say, by topic. Every phrase is made up; `talk` explains the notation."""
