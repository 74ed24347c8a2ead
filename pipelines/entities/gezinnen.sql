-- A number for every gezin that has a zaak, so that what is joined most is joined on an integer.
select gezin, gezin_nr from zaakreeks group by gezin, gezin_nr
