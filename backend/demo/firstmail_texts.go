package demo

// The texts of the first mail. All of it is fictitious.
const (
	firstPlain = `All,

the contractor is back on Tuesday from 0800 to 1400: please use the block behind the
workshop in that time. The canteen is not affected.

Callum
`
	firstFuel = `Доброго дня!

Запас пального на 14-те: дизель 38 %, авіаційне 61 %. Наступна поставка в середу.

Fuel as of the 14th: diesel 38 %, aviation 61 %. The next delivery is on Wednesday.
The pump at the eastern gate is out of order until then; use the one at the rail head.

Ірина
`
	firstRail = `Guten Morgen,

die Verladung am Donnerstag beginnt um 0630 an Rampe 2. Bitte die Fahrzeuge bis 0600
betankt abstellen; die Liste der Fahrer brauche ich bis Mittwochabend.

Anke
`
	firstWeather = `<html><head><title>Weather outlook</title></head><body>
<h1>Weather outlook</h1>
<p>Fog in the river valley until about <b>0900</b>, then clear. Wind <i>south-west</i>, 12 knots.</p>
<table><tr><th>Time</th><th>Ceiling</th></tr><tr><td>0600</td><td>400 ft</td></tr><tr><td>1200</td><td>none</td></tr></table>
<p><img src="https://weather.deu.example/map.png?reader=1" alt="Map of the front"> <a href="https://weather.deu.example/">More</a></p>
</body></html>
`
	firstRoad = `Sarah,

the second edition of the road report. The road south of the quarry is open again for
vehicles of up to eight tonnes; the ford stays closed.

Andrii
`
	firstConvoy = `Sarah,

the plan for the convoy on Friday, three vehicles, departure 0500 from the rail head.
The load list is attached; it has a label of its own and may go further than this message.

Please confirm the escort by tomorrow noon.

Kiri
`
	firstWatch = `Ma'am,

the watch bill for the weekend. You have the forenoon watch on Saturday; Sunday is free.
If that does not suit, tell me by Thursday.

Siân
`
	firstFlash = `Northern bridge closed to all traffic from 0630Z: the inspection found damage to the
second pier. Vehicles that are under way are to turn back at the quarry.

Use the southern crossing until further notice. Next report at 0800Z.
`
)
