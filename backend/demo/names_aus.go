package demo

import "strings"

var australian = culture{
	code: "AUS", name: "Australia", organisation: "Australian Forces (fictitious)",
	headquarters: "Headquarters Joint Task Force", firstFormation: 401,
	formations: []string{"Brigade", "Combat Brigade", "Sustainment Brigade", "Health Brigade", "Fires Brigade"},
	battalion:  "Battalion",
	given: strings.Fields(`Aaliyah Adele Aidan Alannah Alexios Angus Anh Anika Annabel Aria Ashleigh Bao Bindi Blake Brendan Brody Bronte
		Callan Carlo Chiara Cooper Dale Daisuke Darcy Declan Dimitri Đức Eilish Elektra Ella Emily Finn Fotini Georgia Giuseppe Grace
		Hamish Hannah Hạnh Harrison Hemi Hīria Hunter Indiana Isaac Isabella Jack Jacinta Jarrah Jasmine Joel Kaia Kalinda Kāhu Kiri
		Kirra Kylie Lachlan Lara Lạc Leilani Levi Liam Logan Lưu Mackenzie Mai Makayla Manaia Marama Mason Matilda Mei Mia Mikaere Minh
		Mitchell Molly Ngaire Nīkau Noah Nyah Oscar Paige Patrick Peta Phoebe Phương Piper Quốc Rawiri Renée Riley Rosalía Ruby Sāra
		Scarlett Shane Sienna Sofía Spiros Stavros Summer Tahlia Tāne Tarni Thảo Thomas Tiana Toby Tuấn Tyson Vân Vincenzo Wiremu Xanthe
		Xavier Yasmin Zac Zoë`),
	family: strings.Fields(`Abercorn Ainslie Anstey Armitage Baillieu Barrington Bellbridge Birrell Blaxland Boyce Brennan Buckland
		Burgoyne Calabrese Carmody Cartwright Castellano Chisholm Clancy Considine Cottesloe Coulthard Cowper Creswick Dalley Darmody
		Delacourt Devereux Di’Angelo Doolan Dương Drysdale Durack Egan Ellery Faulkner Fennimore Ferrier Finnane Fitzhardinge Flannery Forde
		Fremantle Galanis Garrick Giannopoulos Gidley Goulburn Grainger Hackett Halloran Hargrave Harrigan Hawkesbury
		Henare Hickey Hồ Hoàng Hopetoun Hōhepa Huỳnh Illingworth Kanakis Kearney Kelso Kembla Kihi Lawless
		Lê Leichhardt Lennox Lindeman Lợi Lonsdale Mahoney Mallory Marchetti Mareeba Maroney McAllister McCready McGillivray McKinlay Meagher
		Merindah Mitrovic Moana Monaghan Moorcroft Mulcahy Murgatroyd Narracott Ngāta Nguyễn Ngô O’Brien
		O’Farrell O’Meara Paltridge Papadakis Papadopoulos Pārata Penfold Phạm Phan Pirie Pōtae Quilty Quinlan Rafferty Ravenscroft Redgrave
		Rīpeka Roebuck Rosewarne Rutherglen Santamaria Scarfe Selwyn Shearwater Sorrenti Spiteri Stawell Strathmore Tāmati Tāwhai Rangihau
		Thornbury Tindale Torrance Tran Trần Trevanion Vella Venables Võ Vũ Wētere Wharepapa Whittlesea Wickham Wilcannia
		Winton Wolfenden Wyndham Yarrington Zammit Zervos`),
	ranks:  english,
	native: inEnglish, english: inEnglish,
	// The blocks that the regulator keeps free for fiction.
	phone: func(n uint64) string {
		return spread(n, 10000, "+61 2 5550 ####", "+61 2 7010 ####", "+61 3 5550 ####", "+61 3 7010 ####", "+61 7 5550 ####", "+61 8 5550 ####")
	},
	latin: func(s string) string { return plain(s, nil) },
}
