PRAGMA application_id = 1851944824;
PRAGMA user_version = 3;
BEGIN TRANSACTION;
CREATE TABLE begun (key TEXT PRIMARY KEY, driver INTEGER NOT NULL);
INSERT INTO "begun" VALUES('39cb40def8ceab345e59cef6e9954e42e28bba6c34903220fcea0dca919d4e83',1);
CREATE TABLE cells (
    key TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed')),
    payload TEXT,
    error TEXT,
    traceback TEXT,
    checksum TEXT
);
INSERT INTO "cells" VALUES('e9f74e715a1806aa651489dcf176e77013b3c851dbc114cc9c24f2fe9d411d65','{"i":0}','ok','[]',NULL,NULL,'81a0c0c8015e2a0b56f4136e');
INSERT INTO "cells" VALUES('0b549edd218c251f511934cc2f3bc5c7f4780e27af6b8ab4ae8d92cd94121b4a','{"i":1}','failed',NULL,'ValueError: one is no number',NULL,'fca0acbebdc49ff02977006a');
INSERT INTO "cells" VALUES('38f38fbef725fffb9fa39683d9e50f05ca8c61130c2da2322f9e9021007a2abf','{"i":2}','ok','[{"AgentID":"a0","third":0.6666666666666666,"count":0,"odd":"\\\\back"},{"AgentID":"a1","third":0.6666666666666666,"count":1,"odd":null}]',NULL,NULL,'c7751c5118f8e867aebb52e9');
INSERT INTO "cells" VALUES('6867a9ad5ed5490cad237e5a82ff1c3f3a6858a7ec42be49b40b12a65911dcd7','{"i":3}','ok','[{"AgentID":"a0","third":1.0,"count":0,"odd":null},{"AgentID":"a1","third":1.0,"count":1,"odd":1180591620717411303424},{"AgentID":"a2","third":1.0,"count":2,"odd":[1,{"x":-0.0}]}]',NULL,NULL,'4c6c2ee3f9d04acbe8990d0a');
INSERT INTO "cells" VALUES('83f0969936f48733b59108ddca066bbfb311bd59b4074351193833026bd18de2','{"i":4}','ok','[{"AgentID":"a0","third":1.3333333333333333,"count":0,"odd":1180591620717411303424},{"AgentID":"a1","third":1.3333333333333333,"count":1,"odd":[1,{"x":-0.0}]},{"AgentID":"a2","third":1.3333333333333333,"count":2,"odd":true},{"AgentID":"a3","third":1.3333333333333333,"count":3,"odd":"inf"}]',NULL,NULL,'20c21c5f9f3fc80070dbb0b1');
INSERT INTO "cells" VALUES('acc9fab930ed3c234a2df51460c9a799c09134d307d5101deedccdc481558eb2','{"i":5}','ok','[{"AgentID":"a0","third":1.6666666666666667,"count":0,"odd":[1,{"x":-0.0}]},{"AgentID":"a1","third":1.6666666666666667,"count":1,"odd":true},{"AgentID":"a2","third":1.6666666666666667,"count":2,"odd":"inf"},{"AgentID":"a3","third":1.6666666666666667,"count":3,"odd":"\\inf"},{"AgentID":"a4","third":1.6666666666666667,"count":4,"odd":"\\\\back"}]',NULL,NULL,'64ab88c0882564fa738865b0');
CREATE TABLE drivers (
    driver INTEGER PRIMARY KEY, sweep TEXT, started REAL NOT NULL, host TEXT NOT NULL,
    process INTEGER NOT NULL, ended REAL
);
INSERT INTO "drivers" VALUES(1,'2c23d56a79eb48b9937c0853c0e9e3e3e66a4444ec6ecbf947008794e9ed6e38',1.79594679820235586164e+09,'there',29052,1.79594679823708820338e+09);
CREATE TABLE sweeps (sweep TEXT PRIMARY KEY, file TEXT NOT NULL, layout TEXT NOT NULL);
INSERT INTO "sweeps" VALUES('2c23d56a79eb48b9937c0853c0e9e3e3e66a4444ec6ecbf947008794e9ed6e38','s.toml','{"file":"s.toml","experiment":"jobs.py:rows","paths":["sigma","mechanism"],"points":[[5.0,"cbl"],[6.0,{"name":"cbl"}],[7.0,"cbl"],[8.5,"cbl"]],"seeds":[0,1],"keys":["e9f74e715a1806aa651489dcf176e77013b3c851dbc114cc9c24f2fe9d411d65","0b549edd218c251f511934cc2f3bc5c7f4780e27af6b8ab4ae8d92cd94121b4a","38f38fbef725fffb9fa39683d9e50f05ca8c61130c2da2322f9e9021007a2abf","6867a9ad5ed5490cad237e5a82ff1c3f3a6858a7ec42be49b40b12a65911dcd7","83f0969936f48733b59108ddca066bbfb311bd59b4074351193833026bd18de2","acc9fab930ed3c234a2df51460c9a799c09134d307d5101deedccdc481558eb2","39cb40def8ceab345e59cef6e9954e42e28bba6c34903220fcea0dca919d4e83","a361a366dc1d1ed246247a4799037dd3d231fe3a71ffe3920c382e700dc9a13d"]}');
CREATE TABLE times (
    key TEXT PRIMARY KEY, finished REAL NOT NULL, seconds REAL NOT NULL, host TEXT NOT NULL,
    driver INTEGER NOT NULL
);
INSERT INTO "times" VALUES('e9f74e715a1806aa651489dcf176e77013b3c851dbc114cc9c24f2fe9d411d65',1.79594679823586487769e+09,0.5,'there',1);
INSERT INTO "times" VALUES('0b549edd218c251f511934cc2f3bc5c7f4780e27af6b8ab4ae8d92cd94121b4a',1.79594679823644804957e+09,0.5,'there',1);
INSERT INTO "times" VALUES('38f38fbef725fffb9fa39683d9e50f05ca8c61130c2da2322f9e9021007a2abf',1795946798.23665,0.5,'there',1);
INSERT INTO "times" VALUES('6867a9ad5ed5490cad237e5a82ff1c3f3a6858a7ec42be49b40b12a65911dcd7',1.79594679823677182192e+09,0.5,'there',1);
INSERT INTO "times" VALUES('83f0969936f48733b59108ddca066bbfb311bd59b4074351193833026bd18de2',1.79594679823691368101e+09,0.5,'there',1);
INSERT INTO "times" VALUES('acc9fab930ed3c234a2df51460c9a799c09134d307d5101deedccdc481558eb2',1.795946798237036705e+09,0.5,'there',1);
COMMIT;
